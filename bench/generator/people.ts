import type { Dice } from "./dice";
import { type Language, pickLanguage } from "./languages";

/** Mail programs whose ways of writing and quoting differ. */
export const CLIENTS = ["gmail", "outlook", "apple"] as const;
export type Client = (typeof CLIENTS)[number];

/** Somebody who writes to the desk. */
export type Person = {
  name: string;
  address: string;
  domain: string;
  language: Language;
  client: Client;
};

const GIVEN = latin(
  "Anna Ben Carla David Elena Fritz Grace Hugo Ines Jan Katarzyna Luis Maria Noah Olga Pierre Rosa Sven Tom Ursula Viktor Wei Yuki Zoë",
);
const FAMILY = latin(
  "Müller Smith Dupont García Kowalski Ivanov Tanaka Wang Jensen Rossi Novak Silva Brown Weber Moreau Lopez Lis Petrov Sato Li Berg Costa Horvat Keller",
);

function latin(text: string): string[] {
  return text.split(" ");
}

/** A new person, with an address nobody else of the set has. */
export function newPerson(dice: Dice, number: number): Person {
  const [given, family] = [dice.pick(GIVEN), dice.pick(FAMILY)];
  const domain = `company${dice.below(number + 2)}.example`;
  const local = `${given}.${family}`
    .normalize("NFD")
    .replace(/[^\w.]/g, "")
    .toLowerCase();
  return {
    name: `${given} ${family}`,
    address: `${local}${number}@${domain}`,
    domain,
    language: pickLanguage(dice),
    client: dice.weighted([
      ["gmail", 40],
      ["outlook", 40],
      ["apple", 20],
    ]),
  };
}

/** The client's way of making ids unique. */
export function newMessageId(dice: Dice, { client, domain }: Person): string {
  switch (client) {
    case "gmail":
      return `CA${dice.token(48)}@mail.gmail.example`;
    case "outlook":
      return `${dice.token(20).toUpperCase()}${dice.token(16).toUpperCase()}@${dice.token(16).toUpperCase()}.prod.outlook.example`;
    case "apple":
      return `${[8, 4, 4, 4, 12].map((length) => dice.token(length).toUpperCase()).join("-")}@${domain}`;
  }
}

/** The client's way of making boundaries. */
export function newBoundary(dice: Dice, client: Client): string {
  switch (client) {
    case "gmail":
      return `000000000000${dice.token(16).toLowerCase()}`;
    case "outlook":
      return `_${dice.pick(["000", "004", "006"])}_${dice.token(40)}_`;
    case "apple":
      return `Apple-Mail=_${dice.token(8)}-${dice.token(4)}-${dice.token(12)}`;
  }
}
