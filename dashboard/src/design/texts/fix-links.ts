/** A fix as a page can offer it: its words, and where to go in the dashboard to do it. */
export interface PageFix {
  /** Null: the links say it all. */
  readonly text: string | null
  readonly links: readonly { readonly words: string; readonly href: string }[]
}

interface Way {
  readonly pattern: RegExp
  readonly to: (...found: readonly string[]) => { readonly words: string; readonly href: string }
}

const run = (id: string, words: string, page = ''): { readonly words: string; readonly href: string } => ({
  words,
  href: `/runs/${encodeURIComponent(id)}${page}`,
})

/** The paths of REST that fixes name: whoever has a page open follows a link. */
const paths: readonly Way[] = [
  {
    pattern: /GET \/api\/v1\/jobs lists them/,
    to: () => ({ words: 'See the jobs', href: '/jobs' }),
  },
  {
    pattern: /GET \/api\/v1\/runs lists them/,
    to: () => ({ words: 'See the runs', href: '/runs' }),
  },
]

/** What a command looks at or does, as the page that has it. */
const commands: readonly Way[] = [
  {
    pattern: /\boffpeak (?:resume|retry|submit|cancel|pause|merge) ([a-z0-9]{4,})\b/,
    to: (id = '') => run(id, `Open run ${id}`),
  },
  { pattern: /\boffpeak errors ([a-z0-9]{4,})\b/, to: (id = '') => run(id, `Errors of ${id}`, '/errors') },
  { pattern: /\boffpeak review ([a-z0-9]{4,})\b/, to: (id = '') => run(id, `Review ${id}`, '/review') },
  {
    pattern: /\boffpeak show ([a-z0-9]{4,}) (?:-- )?([^\s'"`;,]+)/,
    to: (id = '', key = '') => run(id, `Record ${key}`, `/rows/${encodeURIComponent(key)}`),
  },
  {
    pattern: /\boffpeak (?:run|plan|build) ([A-Za-z0-9][\w.@-]*)/,
    to: (job = '') => ({ words: `Plan ${job}`, href: `/new?job=${encodeURIComponent(job)}` }),
  },
  { pattern: /\boffpeak jobs\b/, to: () => ({ words: 'See the jobs', href: '/jobs' }) },
  { pattern: /\boffpeak status\b/, to: () => ({ words: 'See the runs', href: '/runs' }) },
]

/** What a page makes of a fix that was written for a terminal or a program. */
export function pageFix(fix: string): PageFix {
  const links = new Map<string, string>()
  let text = fix
  for (const { pattern, to } of paths) {
    const found = pattern.exec(text)
    if (found === null) continue
    const { words, href } = to()
    links.set(href, words)
    text = text.replace(pattern, '').replace(/^[\s;,]+|[\s;,]+$/g, '')
  }
  for (const { pattern, to } of commands) {
    for (const found of fix.matchAll(new RegExp(pattern, 'g'))) {
      const { words, href } = to(...found.slice(1))
      if (!links.has(href)) links.set(href, words)
    }
  }
  return {
    text: text === '' ? null : text,
    links: [...links].map(([href, words]) => ({ words, href })),
  }
}
