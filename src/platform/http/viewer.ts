/** Who looks at a page, as far as pages need to know. Set on the request before any route runs (create-app.ts). */
export interface Viewer {
  kind: 'staff' | 'customer';
  name: string;
  /** role of staff, or the account of a customer, in words */
  detail: string;
  /** random token of the session; forms carry it back */
  csrf: string;
  /** the reviewer has switched the single-key shortcuts off */
  keysOff?: boolean;
  /** may open settings */
  settings?: boolean;
  /** lifts are carried out by hand, and this person may do it */
  lifts?: boolean;
  /** outbound work is paused, and why */
  paused?: string | null;
  /** may read mail, outgoing and quarantined */
  mail?: boolean;
  /** may read who changed what at the desk */
  audit?: boolean;
  /** may open the insights */
  insights?: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer | null;
  }
}
