/** A mail as it was read, whatever reader did it. Everything in it is the sender's word. */
export interface Mail {
  /** in order, names in lower case, values unfolded */
  headers: { name: string; value: string }[];
  /** addresses of all From fields, lower case domain; more than one is nobody */
  from: string[];
  to: string[];
  subject: string;
  messageId: string | null;
  /** ids without brackets, nearest first */
  answers: string[];
  /** the text part, or the HTML part without its marks */
  text: string;
  attachments: MailAttachment[];
}

export interface MailAttachment {
  name: string;
  /** lower case, without parameters */
  type: string;
  bytes: Uint8Array;
}

/** All values of a header field, in order. */
export function valuesOf(mail: Mail, name: string): string[] {
  return mail.headers.filter((header) => header.name === name).map((header) => header.value);
}
