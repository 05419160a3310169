/** The address of the practice account. `.test` is reserved (RFC 6761), so it is nobody else's. */
export const PRACTICE_ADDRESS = "support@practice.test";
