import { dictionary } from "./dictionary";

/** Words of the parts that every page is made of. */
export const uiWords = dictionary({
  en: {
    skip: "Skip to content",
    menu: "Menu",
    close: "Close",
    cancel: "Cancel",
    working: "Working…",
    undo: "Undo",
    undoing: "Undoing…",
    showPassword: "Show password",
    hidePassword: "Hide password",
    wrong: (count: number) =>
      count === 1 ? "One thing needs your attention" : `${count} things need your attention`,
  },
  de: {
    skip: "Zum Inhalt springen",
    menu: "Menü",
    close: "Schließen",
    cancel: "Abbrechen",
    working: "Bitte warten…",
    undo: "Rückgängig",
    undoing: "Wird rückgängig gemacht…",
    showPassword: "Passwort anzeigen",
    hidePassword: "Passwort verbergen",
    wrong: (count) =>
      count === 1 ? "Bitte prüfen Sie eine Angabe" : `Bitte prüfen Sie ${count} Angaben`,
  },
});
