/** Finds the text that a prompt is about, among instructions and examples. */
const shortPromptChars = 240
const searchedChars = 32_768
const minSectionChars = 80

/** A line of its own that announces what follows: `Judgment:`, `## Text`, `---`, `Event description:`. */
const headingPattern = /^(?:#{1,6} .{1,60}|[-=*]{3,}|\p{L}[\p{L}\d ()'/-]{1,48}:)\s*$/u
const maxHeadingChars = 70

export function documentOf(prompt: string): string {
  if (prompt.length <= shortPromptChars) return (taggedBlock(prompt, 1) ?? prompt).trim()
  return (taggedBlock(prompt, minSectionChars) ?? longestSection(prompt)).trim()
}

/** The content of the last `<tag>…</tag>` pair, when it is long enough to be the subject itself. */
function taggedBlock(prompt: string, minChars: number): string | null {
  const end = prompt.lastIndexOf('</')
  if (end < prompt.length - 2000) return null
  const name = /^[A-Za-z][\w-]*(?=>)/.exec(prompt.slice(end + 2, end + 66))?.[0]
  if (name === undefined) return null
  const opening = prompt.lastIndexOf(`<${name}>`, end)
  if (opening === -1) return null
  const content = prompt.slice(opening + name.length + 2, end)
  return content.length >= minChars ? content : null
}

/** The longest stretch between headings; of equals the last, since examples come first. */
function longestSection(prompt: string): string {
  let best = ''
  let start = 0
  const consider = (end: number): void => {
    if (end - start >= Math.max(best.length, minSectionChars)) best = prompt.slice(start, end)
  }
  let lineStart = 0
  while (lineStart < prompt.length && lineStart < searchedChars) {
    const newline = prompt.indexOf('\n', lineStart)
    const lineEnd = newline === -1 ? prompt.length : newline
    if (mayBeHeading(prompt, lineStart, lineEnd) && headingPattern.test(prompt.slice(lineStart, lineEnd))) {
      consider(lineStart)
      start = lineEnd
    }
    lineStart = lineEnd + 1
  }
  consider(prompt.length)
  return best === '' ? prompt : best
}

/** Most lines are ruled out by their ends, without a regular expression. */
function mayBeHeading(prompt: string, start: number, end: number): boolean {
  if (end <= start || end - start > maxHeadingChars) return false
  return '#-=*'.includes(prompt.charAt(start)) || ': \t\r'.includes(prompt.charAt(end - 1))
}
