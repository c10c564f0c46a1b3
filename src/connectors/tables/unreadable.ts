/** A cell that no row can show; the message ends a sentence that begins with its column. */
export class Unreadable extends Error {}
