/** What people are to a release. SOP-0013 (operations promote), QP-0009 (quality, engineering and operations approve). */
export const ROLES = ["release-manager", "operations", "quality", "engineering"] as const;
export type Role = (typeof ROLES)[number];
