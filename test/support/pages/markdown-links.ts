import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { marked, type Token } from 'marked'

/** The addresses that a page of Markdown points to, those of pictures and of its HTML among them. */
export function linksOf(markdown: string): readonly string[] {
  const links: string[] = []
  // Called for each token at once; what it returns is for tokens that are waited for.
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push(String(token['href']))
    if (token.type === 'html')
      for (const [, href = ''] of token.raw.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)) links.push(href)
  })
  return links
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const token of marked.lexer(markdown)) {
    if (token.type !== 'heading') continue
    const plain = String(token['text']).replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

/** The links of pages that lead nowhere, each with its page; pages are paths below `root`. */
export function brokenLinks(root: string, pages: readonly string[]): readonly string[] {
  const read = (page: string): string => readFileSync(join(root, page), 'utf8')
  const anchors = new Map<string, ReadonlySet<string>>()
  const anchorsIn = (page: string): ReadonlySet<string> => {
    const known = anchors.get(page) ?? anchorsOf(read(page))
    anchors.set(page, known)
    return known
  }
  const leadsSomewhere = (page: string, link: string): boolean => {
    const [path = '', anchor] = decodeURI(link).split('#')
    const target = path === '' ? page : normalize(join(dirname(page), path))
    if (target.startsWith('..') || !existsSync(join(root, target))) return false
    return anchor === undefined || (target.endsWith('.md') && anchorsIn(target).has(anchor))
  }
  return pages.flatMap((page) =>
    linksOf(read(page))
      .filter((link) => !/^(?:https?|mailto):/.test(link) && !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  )
}
