import { textWidth } from './text-width.ts'

/** The words of a text in lines of at most so many columns; a longer word stands alone. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (textWidth(line) + 1 + textWidth(word) <= columns) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Lines that are too long are broken between words, and go on under their own beginning. */
export function fitLines(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (textWidth(line) <= columns) return [line]
      const indent = /^ */.exec(line)?.[0] ?? ''
      return wrapWords(line.trimStart(), columns - indent.length).map((part) => indent + part)
    })
    .join('\n')
}
