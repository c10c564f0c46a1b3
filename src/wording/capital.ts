/** A text as the beginning of a sentence. A path, or another name with a slash or a dot in it, stays as it is. */
export function capital(text: string): string {
  return /^\S*[\\/.]\S/.test(text) ? text : text.slice(0, 1).toUpperCase() + text.slice(1)
}
