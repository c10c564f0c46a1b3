import { OffpeakError } from '../../../domain/errors.ts'
import type { LoadedFile } from '../../../ports/attachments.ts'
import { loadLibrary, mostPages, type Problem, tooManyPages } from './document.ts'
import { type PdfAnswer, pdfThread, type PdfTask } from './thread.ts'
import { plainPageCount } from './plain-pdf.ts'

const thread = pdfThread()

/** A check that the PDF library is there, which all but plain files need; throws E_PEER_MISSING. */
export async function pdfLibraryReady(): Promise<void> {
  await loadLibrary()
}

/**
 * How many pages a PDF has, or why it cannot be used; one that takes longer than a minute or more than a gigabyte to
 * read is such a file. Throws E_PEER_MISSING without the PDF library.
 */
export async function countPages(
  bytes: Buffer,
): Promise<{ readonly pageCount: number; readonly problem?: undefined } | Problem> {
  const plain = plainPageCount(bytes)
  if (plain !== null) return plain > mostPages ? tooManyPages : { pageCount: plain }
  const answer = await ask({ bytes, wanted: 'count' })
  if ('pageCount' in answer) return { pageCount: answer.pageCount }
  if ('problem' in answer) return answer
  throw orphanAnswer()
}

/**
 * A whole PDF, and what its pages show; of one whose pages are counted already that is not known where it cannot be read
 * in the time and memory of a file. Throws E_PEER_MISSING.
 */
export async function wholePdf(bytes: Buffer, pageCount: number | null): Promise<LoadedFile | Problem> {
  const counted = pageCount ?? plainPageCount(bytes)
  const answer = await ask({ bytes, wanted: 'facts' })
  if ('pageCount' in answer) {
    const { facts } = answer
    return { bytes, pageCount: answer.pageCount, ...(facts === null ? {} : { pages: facts }) }
  }
  if ('problem' in answer) return counted === null ? answer : { bytes, pageCount: counted }
  throw orphanAnswer()
}

/** A range of pages of a PDF as a PDF of their own; the same bytes for the same pages. Throws E_PEER_MISSING. */
export async function cutPages(
  bytes: Buffer,
  pages: readonly [number, number],
): Promise<LoadedFile | Problem> {
  const answer = await ask({ bytes, wanted: { pages } })
  if ('bytes' in answer)
    return { bytes: answer.bytes, pageCount: pages[1] - pages[0] + 1, pages: answer.facts }
  if ('problem' in answer) return answer
  throw orphanAnswer()
}

async function ask(task: PdfTask): Promise<PdfAnswer> {
  const answer = await thread.ask(task)
  // Asked for again, so that it is refused in the words for a package that is missing.
  if ('peerMissing' in answer) await pdfLibraryReady()
  return answer
}

function orphanAnswer(): OffpeakError {
  return new OffpeakError('E_BUG', 'the thread that reads PDF files answered another question')
}
