/** What a person needs after the start: where to go, and who to be. */
export function overview(facts, { dataDir, redis, smtp }) {
  const wide = Math.max(...facts.staff.map(({ email }) => email.length), 10);
  const staff = facts.staff.map(({ email, password, role }) => `    ${email.padEnd(wide)}  ${password}  ${role}`);
  const customer = facts.customers[0];
  return [
    '',
    '  The unblock desk is running.',
    '',
    `  The NOC to play with    ${facts.nocUrl}   (Unblock → rejected → Appeal)`,
    `  Appeal, as a customer   ${facts.baseUrl}/appeals/new`,
    `  The desk, as reviewer   ${facts.baseUrl}/desk`,
    `  API                     ${facts.baseUrl}/api/docs`,
    `  Mails that went out     ${smtp ? smtp.replace(/\/\/.*@/, '//…@') : `${facts.baseUrl}/desk/outgoing-mail   (kept, not sent)`}`,
    `  Claims by mail          to ${facts.mailbox} at ${facts.smtp.host}:${facts.smtp.port}`,
    '',
    '  Sign in as',
    ...staff,
    ...(customer ? [`  Customers sign in by a mailed link, for instance ${customer.email}`] : []),
    '',
    `  Jobs are carried by ${redis ? 'Bull on Redis' : 'the application itself (no Redis)'}. All of this, and the API keys, is in ${dataDir}/demo.json; logs are in ${dataDir}/logs.`,
    '  Ctrl-C ends everything; the next start finds the same data.',
    '',
  ].join('\n');
}
