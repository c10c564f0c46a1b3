import { importPeer } from '../../../engine/peer.ts'
import type { PDFPageTree } from '@cantoo/pdf-lib'
import { OffpeakError } from '../../../domain/errors.ts'
import type { PageFacts } from '../../../domain/pages.ts'
import { libraryWords } from '../../file-faults.ts'
import { factsOfPages } from './page-facts.ts'

/** Parsing PDF files, as it is done in a thread of its own (`thread.ts`): a file decides how long it takes. */

export interface Problem {
  readonly problem: string
}

type Library = typeof import('@cantoo/pdf-lib')
export type Document = Awaited<ReturnType<Library['PDFDocument']['load']>>

/** Files with more pages are not what a model is sent, and most likely made to do harm. */
export const mostPages = 100_000

/** A promise of the PDF library; throws E_PEER_MISSING without it. */
export const loadLibrary = (): Promise<Library> => importPeer('@cantoo/pdf-lib')

/** A file whose pages are known. */
export interface OpenedPdf {
  readonly document: Document
  readonly pageCount: number
}

const header = Buffer.from('%PDF-')
const endMark = Buffer.from('startxref')
/** More than readers allow for: some programs put further bytes behind the end. */
const endWithin = 8 * 1024
/** Readers look for the header in so many first bytes (PDF 32000-1, annex H). */
const headerWithin = 1024

/** The document, or why it cannot be used. Throws E_PEER_MISSING without the PDF library. */
export async function openPdf(bytes: Uint8Array): Promise<OpenedPdf | Problem> {
  // Two documents at a time could be too much where one is not.
  newest = null
  if (bytes.length === 0) return { problem: 'is empty' }
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headerWithin))
  if (!start.includes(header)) return { problem: 'is not a PDF file' }
  const end = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(0, bytes.length - endWithin))
  if (!end.subarray(0, Math.min(bytes.length, endWithin)).includes(endMark))
    return { problem: 'is a broken PDF: its end is missing, as of a file that was cut off' }
  const library = await loadLibrary()
  const parse = async (password?: string): Promise<OpenedPdf | Problem> => {
    const options = { updateMetadata: false, ...(password === undefined ? {} : { password }) }
    const document = await library.PDFDocument.load(bytes, options)
    const pageCount = countPages(document.catalog.Pages(), library)
    if (pageCount === 0) return { problem: 'is a broken PDF: it has no pages' }
    if (pageCount > mostPages) return tooManyPages
    return { document, pageCount }
  }
  try {
    return await parse()
  } catch (thrown) {
    if (!(thrown instanceof library.EncryptedPDFError))
      return { problem: `is a broken PDF${libraryWords(thrown)}` }
  }
  try {
    // Many files only forbid changes: they open for anybody, with no password.
    return await parse('')
  } catch {
    return { problem: 'is encrypted; remove its password first' }
  }
}

export const tooManyPages: Problem = {
  problem: `has more than ${mostPages.toLocaleString('en-US')} pages; split it first`,
}

/**
 * The pages that hang on a page tree, whatever number it gives: one more than `mostPages` for every tree that has more,
 * as one has in which a node stands in itself. Pages whose type was left out are given it, so that they are not lost.
 */
function countPages(
  root: PDFPageTree,
  { PDFDict, PDFName, PDFPageLeaf, PDFPageTree, PDFRef }: Library,
): number {
  const nodes = [root]
  const known = new Set<PDFPageTree>()
  let pages = 0
  for (let node = nodes.pop(); node !== undefined && pages <= mostPages; node = nodes.pop()) {
    // The library follows the tree by calling itself, and would go round for ever.
    if (known.has(node)) return mostPages + 1
    known.add(node)
    const { context } = node
    for (const ref of node.Kids().asArray()) {
      let kid = context.lookup(ref)
      if (
        kid instanceof PDFDict &&
        ref instanceof PDFRef &&
        !(kid instanceof PDFPageTree || kid instanceof PDFPageLeaf)
      ) {
        const isTree = kid.has(PDFName.of('Kids'))
        kid = (isTree ? PDFPageTree : PDFPageLeaf).fromMapWithContext(kid.asMap(), context)
        context.assign(ref, kid)
      }
      if (kid instanceof PDFPageTree) nodes.push(kid)
      else if (kid instanceof PDFPageLeaf) pages += 1
      if (pages > mostPages) break
    }
  }
  return pages
}

/** Text and sizes of the pages of a document, from one to another of them; all when left out. Throws E_PEER_MISSING. */
export async function factsOf(document: Document, from = 0, to?: number): Promise<PageFacts> {
  try {
    return factsOfPages(document.getPages().slice(from, to), await loadLibrary())
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    // A tree that the library cannot follow.
    return { textBytes: null, sizes: [] }
  }
}

let newest: (OpenedPdf & { readonly bytes: Uint8Array }) | null = null

/** A range of pages of a PDF as a PDF of their own; the same bytes for the same pages. Throws E_PEER_MISSING. */
export async function cutPdf(
  bytes: Uint8Array,
  [first, last]: readonly [number, number],
): Promise<{ readonly bytes: Uint8Array; readonly facts: PageFacts } | Problem> {
  const { PDFDocument } = await loadLibrary()
  // The parts of a long file come one after the other; it is not parsed for each of them.
  const known = newest !== null && Buffer.compare(bytes, newest.bytes) === 0 ? newest : await openPdf(bytes)
  if ('problem' in known) return known
  const { document, pageCount } = known
  newest = last < pageCount ? { bytes, document, pageCount } : null
  if (last > pageCount)
    return { problem: `has ${pageCount} pages, and pages ${first} to ${last} were asked for` }
  try {
    const cut = await PDFDocument.create({ updateMetadata: false })
    const indices = Array.from({ length: last - first + 1 }, (_, index) => first - 1 + index)
    for (const page of await cut.copyPages(document, indices)) cut.addPage(page)
    return { bytes: await cut.save(), facts: await factsOf(document, first - 1, last) }
  } catch (thrown) {
    return { problem: `cannot be cut into pages${libraryWords(thrown)}` }
  }
}
