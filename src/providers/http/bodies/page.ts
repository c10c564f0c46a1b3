/** As much of an answer as tells whether it is a page, and what it calls itself. */
const headLength = 4_096
const maxTitleLength = 80

/**
 * The title of a web page that came in place of an answer, empty when it has none; null for what is no page. A page
 * comes from something between us and the service: a sign-in, a filter, a gateway.
 */
export function pageTitle(contentType: string | undefined, body: string): string | null {
  const head = body.slice(0, headLength).trimStart()
  const isMarkup = /^<(?:!doctype|html|head|body|\?xml|!--)/i.test(head)
  const isLabelled = /^(?:text\/html|application\/xhtml)/i.test(contentType ?? '') && /^[^{[]/.test(head)
  if (!isMarkup && !isLabelled) return null
  const title = /<title[^>]*>([^<]*)/i.exec(head)?.[1] ?? ''
  return title.replaceAll(/\s+/g, ' ').trim().slice(0, maxTitleLength)
}
