/** The id of the main menu: on a phone it is a drawer that buttons open by this id. */
export const MENU_ID = "main-menu";
