/** The roles as the forms offer them, the usual one first. */
export const ROLE_OPTIONS = [
  { value: "AGENT", label: "Agent: sees and answers every ticket" },
  { value: "ADMIN", label: "Admin: an agent who also runs the Admin Portal" },
  { value: "CUSTOMER", label: "Customer: sees their own tickets only" },
];
