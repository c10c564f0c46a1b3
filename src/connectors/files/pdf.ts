import { messageOf } from '../../domain/errors.ts'
import type { LoadedFile } from '../../ports/attachments.ts'
import { importPeer } from '../peer.ts'
import { plainPageCount } from './plain-pdf.ts'

interface Problem {
  readonly problem: string
}
type Library = typeof import('@cantoo/pdf-lib')
type Document = Awaited<ReturnType<Library['PDFDocument']['load']>>

const loadLibrary = (): Promise<Library> => importPeer('@cantoo/pdf-lib', () => import('@cantoo/pdf-lib'))

/** Throws E_PEER_MISSING without the PDF library, which all but plain files need. */
export async function pdfLibraryReady(): Promise<void> {
  await loadLibrary()
}

/** How many pages a PDF has, or why it cannot be used. Throws E_PEER_MISSING without the PDF library. */
export async function countPages(
  bytes: Buffer,
): Promise<{ readonly pageCount: number; readonly problem?: undefined } | Problem> {
  const plain = plainPageCount(bytes)
  if (plain !== null) return { pageCount: plain }
  const opened = await open(bytes)
  return 'problem' in opened ? opened : { pageCount: opened.getPageCount() }
}

let newest: { readonly bytes: Uint8Array; readonly document: Document } | null = null

/** Some pages of a PDF as a PDF of their own; the same bytes for the same pages. Throws E_PEER_MISSING. */
export async function cutPages(
  bytes: Buffer,
  [first, last]: readonly [number, number],
): Promise<LoadedFile | Problem> {
  const { PDFDocument } = await loadLibrary()
  // The parts of a long file come one after the other; it is not parsed for each of them.
  const known = newest !== null && bytes.equals(newest.bytes) ? newest.document : await open(bytes)
  if ('problem' in known) return known
  const pageCount = known.getPageCount()
  newest = last < pageCount ? { bytes, document: known } : null
  if (last > pageCount)
    return { problem: `has ${pageCount} pages, and pages ${first} to ${last} were asked for` }
  try {
    const cut = await PDFDocument.create({ updateMetadata: false })
    const indices = Array.from({ length: last - first + 1 }, (_, index) => first - 1 + index)
    for (const page of await cut.copyPages(known, indices)) cut.addPage(page)
    return { bytes: await cut.save(), pageCount: indices.length }
  } catch (thrown) {
    return { problem: `cannot be cut into pages: ${messageOf(thrown)}` }
  }
}

const header = Buffer.from('%PDF-')
const endMark = Buffer.from('startxref')
/** More than readers allow for: some programs put further bytes behind the end. */
const endWithin = 8 * 1024
/** Readers look for the header in so many first bytes (PDF 32000-1, annex H). */
const headerWithin = 1024

async function open(bytes: Uint8Array): Promise<Document | Problem> {
  if (bytes.length === 0) return { problem: 'is empty' }
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headerWithin))
  if (!start.includes(header)) return { problem: 'is not a PDF file' }
  const end = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(0, bytes.length - endWithin))
  if (!end.subarray(0, Math.min(bytes.length, endWithin)).includes(endMark))
    return { problem: 'is a broken PDF: its end is missing, as of a file that was cut off' }
  const { PDFDocument, EncryptedPDFError } = await loadLibrary()
  const parse = async (password?: string): Promise<Document | Problem> => {
    const options = { updateMetadata: false, ...(password === undefined ? {} : { password }) }
    const document = await PDFDocument.load(bytes, options)
    return document.getPages().length > 0 ? document : { problem: 'is a broken PDF: it has no pages' }
  }
  try {
    return await parse()
  } catch (thrown) {
    if (!(thrown instanceof EncryptedPDFError)) return { problem: `is a broken PDF: ${messageOf(thrown)}` }
  }
  try {
    // Many files only forbid changes: they open for anybody, with no password.
    return await parse('')
  } catch {
    return { problem: 'is encrypted; remove its password first' }
  }
}
