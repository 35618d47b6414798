/** Who did something. Names of reviewers never leave the house. */
export interface Actor {
  kind: 'customer' | 'reviewer' | 'noc' | 'system';
  /** account id, staff id, key id; null for the system */
  id: string | null;
  name: string;
}

export const SYSTEM: Actor = { kind: 'system', id: null, name: 'the desk' };
/** Whoever may run commands on the machine: the desk does not know them by name. */
export const COMMAND_LINE: Actor = { kind: 'system', id: null, name: 'the command line' };
