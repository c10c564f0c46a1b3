import { parentPort } from 'node:worker_threads'
import { OffpeakError } from '../../domain/errors.ts'
import { cutPdf, openPdf } from './pdf-document.ts'
import type { PdfAnswer, PdfTask } from './pdf-thread.ts'

/** The thread that parses: one task after the other, each answered once. */
parentPort?.on('message', (task: PdfTask) => {
  void answer(task).then((found) => parentPort?.postMessage(found, []))
})

async function answer({ bytes, pages }: PdfTask): Promise<PdfAnswer> {
  try {
    if (pages !== null) return await cutPdf(bytes, pages)
    const opened = await openPdf(bytes)
    return 'problem' in opened ? opened : { pageCount: opened.pageCount }
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_PEER_MISSING') return { peerMissing: true }
    return { problem: `is a broken PDF: ${String(thrown)}` }
  }
}
