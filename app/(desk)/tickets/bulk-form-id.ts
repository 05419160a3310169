/** The form of the bar below the list; the checkboxes of the rows belong to it. */
export const BULK_FORM_ID = "bulk";
