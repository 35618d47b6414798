import PostalMime from 'postal-mime';

export interface Parsed {
  subject: string;
  messageId: string;
  text: string;
  html: string;
  /** Value of the first field of this name, unfolded; null when there is none. */
  header(name: string): string | null;
  attachments: { filename: string | null; mimeType: string; bytes: Buffer }[];
}

/** A raw mail as a reader would see it, read by a parser that the desk's own sending does not use. */
export async function parseMail(raw: Buffer): Promise<Parsed> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
  return {
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    header: (name) => mail.headers.find((field) => field.key === name.toLowerCase())?.value ?? null,
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({ filename, mimeType, bytes: Buffer.from(content as ArrayBuffer) })),
  };
}
