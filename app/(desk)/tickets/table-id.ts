/** The ticket table's id: its rows are left alone while somebody points at them. */
export const TABLE_ID = "tickets";
