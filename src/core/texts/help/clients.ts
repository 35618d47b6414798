/** How to get the headers out of one mail program. */
export interface MailProgram {
  id: string;
  name: string;
  steps: string[];
  /** what the window looks like: drawn by us, with the entry to choose marked */
  picture: { bar: string; button: string; entries: string[]; mark: number } | { lines: string[] };
}

/** The usual programs, those asked for most first. */
export const MAIL_PROGRAMS: readonly MailProgram[] = [
  {
    id: 'gmail', name: 'Gmail, in the browser', steps: ['Open the message.', 'Choose ⋮ beside “Reply”, then “Show original”.', 'Press “Copy to clipboard”, or “Download original” for an .eml file.'],
    picture: { bar: 'Your order 4711', button: '⋮', entries: ['Forward', 'Print', 'Block sender', 'Show original', 'Download message'], mark: 3 },
  },
  {
    id: 'outlook-web', name: 'Outlook on the web, new Outlook', steps: ['Open the message.', 'Choose ⋯ above it, then “View”, then “View message source”.', 'Copy everything. Or choose “Save as”, which gives an .eml file.'],
    picture: { bar: 'Your order 4711', button: '⋯', entries: ['Forward as attachment', 'Print', 'View  ›  View message source', 'Save as'], mark: 2 },
  },
  {
    id: 'outlook', name: 'Outlook for Windows', steps: ['Open the message in a window of its own.', 'Choose “File”, then “Properties”.', 'Mark all of “Internet headers” and copy it. Saved as .msg we cannot open it.'],
    picture: { bar: 'Your order 4711', button: 'File', entries: ['Save As', 'Move to folder', 'Print', 'Properties  ›  Internet headers'], mark: 3 },
  },
  { id: 'outlook-mac', name: 'Outlook for Mac', steps: ['Right click the message and choose “View source”.', 'Or drag it to the desktop: that is an .eml file.'], picture: { bar: 'Your order 4711', button: 'Right click', entries: ['Reply', 'Forward', 'View source', 'Move'], mark: 2 } },
  {
    id: 'thunderbird', name: 'Thunderbird', steps: ['Open the message.', 'Choose “More”, then “View source” (Ctrl+U), and copy everything.', 'Or “More”, “Save as”: that is an .eml file.'],
    picture: { bar: 'Your order 4711', button: 'More', entries: ['Edit as new message', 'Print', 'Save as', 'View source'], mark: 3 },
  },
  {
    id: 'apple-mail', name: 'Apple Mail', steps: ['Mark the message.', 'Choose “View”, “Message”, “Raw source”, and copy everything.', 'Or “File”, “Save as”, with the format “Raw message source”.'],
    picture: { bar: 'Your order 4711', button: 'View', entries: ['Sort by', 'Columns', 'Message  ›  Raw source', 'Hide toolbar'], mark: 2 },
  },
  {
    id: 'roundcube', name: 'Roundcube', steps: ['Open the message.', 'Choose “More”, then “Show source”, and copy everything.', 'Or “More”, “Download (.eml)”.'],
    picture: { bar: 'Your order 4711', button: 'More', entries: ['Print', 'Download (.eml)', 'Edit as new', 'Show source'], mark: 3 },
  },
  { id: 'yahoo', name: 'Yahoo Mail', steps: ['Open the message.', 'Choose ⋯, then “View raw message”.', 'Copy everything.'], picture: { bar: 'Your order 4711', button: '⋯', entries: ['Mark as unread', 'Print', 'View raw message'], mark: 2 } },
  {
    id: 'postfix', name: 'A Postfix queue', steps: ['List the queue: “postqueue -p”. The first column is the queue id.', 'Show the headers of one message: “postcat -qh QUEUE-ID”.', 'Copy everything from “Received:” on.'],
    picture: { lines: ['# postqueue -p', '4F2k7Q1z  3127 Fri Nov 20 03:12:31  shop@example.org', '                            anna@example.net', '# postcat -qh 4F2k7Q1z', 'Received: from web (localhost [127.0.0.1])', '        by mail.example.org (Postfix) with ESMTPSA'] },
  },
];
