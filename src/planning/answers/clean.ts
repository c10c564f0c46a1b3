/** Options of `clean`. */
export interface CleanOptions {
  /** Take away one code fence around the whole; true when left out. */
  readonly fence?: boolean
  /** Take away an introduction and a closing remark addressed to the reader of a chat; true when left out. */
  readonly remarks?: boolean
  /** Texts that the model may have repeated from the prompt; one that begins the answer word by word is taken away. */
  readonly echoed?: readonly string[]
}

/**
 * A text without what chat models put around an answer: one outer code fence, an introduction such as
 * `Here is the lesson:`, and a closing `Let me know if …`. Takes away known shapes only, whole lines of them, and
 * leaves every other text as it is but for line feeds at its end.
 */
export function clean(text: string, options: CleanOptions = {}): string {
  const { fence = true, remarks = true, echoed = [] } = options
  let cleaned = text
  for (const echo of echoed) cleaned = withoutEcho(cleaned, echo)
  if (remarks) cleaned = withoutRemarks(cleaned)
  if (fence) cleaned = withoutFence(cleaned)
  return cleaned === text ? text : `${cleaned.replace(/\s+$/, '')}\n`
}

/** One line that only opens: it says that the answer follows, and ends in a colon. */
const opening = new RegExp(
  [
    String.raw`^\s*`,
    String.raw`(?:(?:sure|certainly|of course|absolutely|okay|ok|great)(?: thing)?[,.!:]?\s*)?`,
    String.raw`(?:here(?:’s|'s| is| are)|below (?:is|are))`,
    String.raw` (?:the|your|a|an|my)\b[^\n:]{0,120}:[ \t]*\n\s*`,
  ].join(''),
  'i',
)
const exclamation = /^\s*(?:sure|certainly|of course|absolutely)(?: thing)?[!.][ \t]*\n\s*(?=\S)/i

/** One last paragraph that offers more. */
const closing =
  /\n\s*\n(?:let me know if (?:you|there)|(?:i|we) hope this helps|feel free to (?:ask|reach|let)|if you(?:’d| would|'d) like(?:,| me)|would you like me to)[^\n]{0,200}\s*$/i

function withoutRemarks(text: string): string {
  let left = text
  const match = opening.exec(left) ?? exclamation.exec(left)
  // An introduction of nothing is the answer itself.
  if (match && left.slice(match[0].length).trim() !== '') left = left.slice(match[0].length)
  const end = closing.exec(left)
  const answer = end ? left.slice(0, end.index) : ''
  if (answer.trim() === '') return left
  // Inside of a code block it is content; behind a fence around the whole it is not.
  return isOpenFence(answer) && withoutFence(answer) === answer ? left : answer
}

/** Whether a code block is still open at the end of a text. */
function isOpenFence(text: string): boolean {
  let open: string | null = null
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (!mark?.[1]) continue
    if (open === null) open = mark[1]
    else if (closes(open, mark[1], mark[2] ?? '')) open = null
  }
  return open !== null
}

function closes(open: string, mark: string, rest: string): boolean {
  return mark[0] === open[0] && mark.length >= open.length && rest.trim() === ''
}

/** Languages that a model names when it wraps its whole answer; a fence of another language is the answer's own code. */
const wrappers = new Set([
  '',
  'md',
  'markdown',
  'json',
  'text',
  'txt',
  'plaintext',
  'html',
  'xml',
  'yaml',
  'yml',
  'csv',
])

function withoutFence(text: string): string {
  const lines = text.trim().split('\n')
  const first = /^(`{3,}|~{3,})[ \t]*([\w+-]*)[ \t]*\r?$/.exec(lines[0] ?? '')
  const last = /^(`{3,}|~{3,})[ \t]*\r?$/.exec(lines.at(-1) ?? '')
  const [, open, language = ''] = first ?? []
  if (!open || !last?.[1] || lines.length < 3 || !closes(open, last[1], '')) return text
  if (!wrappers.has(language.toLowerCase())) return text
  const inner = lines.slice(1, -1)
  return endsWhereItBegan(inner, open, language) ? inner.join('\n') : text
}

/**
 * Whether the last fence closes the first one. Blocks in between have to open with a language and close again: of two
 * bare fences nobody can tell which belong together.
 */
function endsWhereItBegan(inner: readonly string[], open: string, language: string): boolean {
  let nested: string | null = null
  for (const line of inner) {
    const mark = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line)
    if (!mark?.[1] || mark[1][0] !== open[0]) continue
    const named = (mark[2] ?? '').trim() !== ''
    if (nested !== null && closes(nested, mark[1], mark[2] ?? '')) nested = null
    else if (nested === null && named && isMarkdown(language)) nested = mark[1]
    else if (nested === null && mark[1].length < open.length) continue
    else if (nested === null) return false
  }
  return nested === null
}

function isMarkdown(language: string): boolean {
  return ['', 'md', 'markdown'].includes(language.toLowerCase())
}

function withoutEcho(text: string, echo: string): string {
  const start = text.trimStart()
  const wanted = echo.trim()
  if (wanted.length < 20 || !start.startsWith(wanted)) return text
  const left = start.slice(wanted.length)
  return /^\s*\n/.test(left) && left.trim() !== '' ? left.replace(/^\s*\n/, '') : text
}
