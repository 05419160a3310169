import { getDomain } from "tldts";
import { detectByAddress } from "./providers";

/** Providers of addresses for everybody beside those whose servers we know. */
const OTHERS = new Set(
  `126.com abv.bg alice.it arcor.de bbox.fr bigpond.com bluewin.ch bol.com.br btinternet.com
  centrum.cz charter.net cox.net daum.net earthlink.net email.com free.fr freemail.hu freenet.de
  hanmail.net hey.com hushmail.com i.ua interia.pl laposte.net mail.com mail.de mailbox.org nate.com
  o2.pl onet.pl optonline.net post.cz rambler.ru rediffmail.com sapo.pt sfr.fr shaw.ca sina.com
  skynet.be sky.com sohu.com talktalk.net telenet.be terra.com.br tiscali.it tuta.com tuta.io
  tutamail.com tutanota.com tutanota.de ukr.net uol.com.br verizon.net virgilio.it virginmedia.com
  wp.pl xs4all.nl yeah.net ziggo.nl`.split(/\s+/),
);

/**
 * Whether anybody may have an address of this domain (ASCII, lower case), or of the one it is below:
 * gmail.com, gmx.net, orange.fr. Nothing follows from it for one of its people.
 */
export function isSharedDomain(domain: string): boolean {
  const organisation = getDomain(domain) ?? domain;
  return [domain, organisation].some(
    (name) => OTHERS.has(name) || detectByAddress(`x@${name}`) !== null,
  );
}
