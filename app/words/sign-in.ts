import { dictionary } from "./dictionary";

/** The page one signs in on. */
export const signInWords = dictionary({
  en: {
    title: "Sign in",
    lead: "To your help desk",
    helpDesk: "Help desk",
    email: "Email",
    password: "Password",
    signIn: "Sign in",
    signingIn: "Signing in…",
    forgot: "Forgot your password?",
    registerHint:
      "You wrote to us and have no account yet? {register} with the address you wrote from, and find your tickets.",
    register: "Register",
    noAccount: "No account? Ask us for an invitation.",
  },
  de: {
    title: "Anmelden",
    lead: "An Ihrem Helpdesk",
    helpDesk: "Helpdesk",
    email: "E-Mail-Adresse",
    password: "Passwort",
    signIn: "Anmelden",
    signingIn: "Wird angemeldet…",
    forgot: "Passwort vergessen?",
    registerHint:
      "Sie haben uns geschrieben und noch kein Konto? {register} mit der Adresse, von der Sie geschrieben haben, und Sie finden Ihre Tickets.",
    register: "Registrieren Sie sich",
    noAccount: "Kein Konto? Bitten Sie uns um eine Einladung.",
  },
});
