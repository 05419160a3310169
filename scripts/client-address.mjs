import ipaddr from "ipaddr.js";

/** Ranges a reverse proxy of ours may connect from. */
const OURS = new Set(["loopback", "private", "uniqueLocal", "linkLocal", "carrierGradeNat"]);

/**
 * Makes X-Forwarded-For say what we know: a client that connects from outside can write anything into
 * it, so its own address takes its place. Only a proxy on this machine or network is believed, whose
 * last entry is the client it saw. Limits on sign-in tries count by this address.
 */
export function sealClientAddress(request) {
  const address = request.socket.remoteAddress ?? "";
  if (ipaddr.isValid(address) && OURS.has(ipaddr.process(address).range())) return;
  request.headers["x-forwarded-for"] = address;
}
