import { dictionary } from "./dictionary";

/** Lengths of time for narrow columns, and the one moment Intl has no words for. */
export const timeWords = dictionary({
  en: {
    justNow: "just now",
    seconds: (count: number) => `${count} s`,
    minutes: (count: number) => `${count} min`,
    hours: (count: number) => `${count} h`,
    days: (count: number) => `${count} d`,
  },
  de: {
    justNow: "gerade eben",
    seconds: (count) => `${count} s`,
    minutes: (count) => `${count} min`,
    hours: (count) => `${count} h`,
    days: (count) => `${count} T`,
  },
});
