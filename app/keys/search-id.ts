/** The id of the ticket list's search field. */
export const SEARCH_ID = "search";
