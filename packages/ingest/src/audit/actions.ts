/** What an account can change, as the audit log names it. A changing route declares one of these. */
export const auditActions = [
  "api-token.create",
  "api-token.revoke",
  "application.create",
  "device.delete",
  "device.merge",
  "device.clear-location",
  "device.retire",
  "device.set-location",
  "device.split",
  "device.undo-retire",
  "enrolment-token.create",
  "enrolment-token.revoke",
  "key.rotate",
  "key.use",
  "audit.cut",
  "retention.run",
  "index.reindex",
] as const;
export type AuditAction = (typeof auditActions)[number];
