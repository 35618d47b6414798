/** Who asks: the roles of staff, a customer, and the scopes of API keys that stand for no person. */
export const ROLES = ['customer', 'reviewer', 'senior', 'lead', 'auditor', 'admin', 'operator', 'noc', 'read'] as const;
export type Role = (typeof ROLES)[number];

export const ACTIONS = [
  'file_claim', 'supply_evidence', 'report_fix', 'appeal', 'withdraw',
  'see_tickets', 'see_evidence', 'see_insights', 'see_audit', 'see_settings', 'see_jobs',
  'take', 'assign', 'share_view', 'change_skills', 'decide', 'approve', 'approve_wide', 'write_note', 'write_to_customer',
  'change_filter_adjustment', 'change_rules', 'change_staff', 'change_keys', 'retry_job', 'handle_mail', 'see_mail', 'make_status_link', 'report_block', 'confirm_lift', 'change_webhooks',
  'change_routing', 'change_promises', 'change_parts', 'escalate', 'give_back', 'join_tickets', 'link_incident', 'decide_incident', 'write_handover', 'see_desk',
] as const;
export type Action = (typeof ACTIONS)[number];

const READ: Action[] = ['see_tickets', 'see_evidence', 'see_desk'];
const LEAD_SETS: Action[] = ['change_routing', 'change_promises', 'change_parts', 'change_skills'];
const REVIEW: Action[] = [...READ, 'file_claim', 'supply_evidence', 'report_fix', 'take', 'decide', 'approve', 'write_note', 'write_to_customer', 'see_mail', 'escalate', 'join_tickets', 'link_incident', 'write_handover'];

/**
 * The table of roles and acts. What is not here is refused. An admin keeps users and rules and never decides; an auditor
 * only reads; an operator carries out in the control panel what was decided; who may decide may not change the rules that they decide by. A lead runs the desk (routing, promises, canned parts), but
 * when two people are due is a rule of the house: that part of the routing is saved by an admin (`change_rules`).
 */
const TABLE: Record<Role, readonly Action[]> = {
  customer: ['file_claim', 'supply_evidence', 'report_fix', 'appeal', 'withdraw'],
  reviewer: REVIEW,
  senior: [...REVIEW, 'assign', 'see_insights', 'decide_incident'],
  lead: [...REVIEW, ...LEAD_SETS, 'assign', 'share_view', 'decide_incident', 'give_back', 'approve_wide', 'see_insights', 'see_audit', 'see_settings', 'retry_job', 'change_filter_adjustment', 'handle_mail', 'confirm_lift'],
  auditor: [...READ, 'see_insights', 'see_audit', 'see_mail'],
  admin: [...LEAD_SETS, 'see_tickets', 'see_desk', 'see_insights', 'see_audit', 'see_settings', 'see_jobs', 'change_rules', 'change_staff', 'change_keys', 'retry_job', 'handle_mail', 'see_mail', 'change_webhooks'],
  operator: ['see_tickets', 'see_desk', 'confirm_lift'],
  noc: ['file_claim', 'supply_evidence', 'report_fix', 'see_tickets', 'see_mail', 'handle_mail', 'make_status_link', 'report_block', 'change_filter_adjustment'],
  read: ['see_tickets'],
};

/** Whether a role may do this at all; whose ticket it is, and who had a part in it before, is asked of the other predicates. */
export function may(role: Role, action: Action): boolean {
  return TABLE[role].includes(action);
}
