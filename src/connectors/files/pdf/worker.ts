import { parentPort } from 'node:worker_threads'
import { OffpeakError } from '../../../domain/errors.ts'
import { libraryWords } from '../../file-faults.ts'
import { cutPdf, factsOf, openPdf } from './document.ts'
import type { PdfAnswer, PdfTask } from './thread.ts'

// What the library thinks of a file on its way is not for the screen: what comes of it is the answer.
for (const name of ['log', 'info', 'warn', 'error'] as const) console[name] = () => undefined

/** The thread that parses: one task after the other, each answered once. */
parentPort?.on('message', (task: PdfTask) => {
  void answer(task).then((found) => parentPort?.postMessage(found, []))
})

async function answer({ bytes, wanted }: PdfTask): Promise<PdfAnswer> {
  try {
    if (typeof wanted === 'object') return await cutPdf(bytes, wanted.pages)
    const opened = await openPdf(bytes)
    if ('problem' in opened) return opened
    const { document, pageCount } = opened
    return { pageCount, facts: wanted === 'facts' ? await factsOf(document) : null }
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_PEER_MISSING') return { peerMissing: true }
    return { problem: `is a broken PDF${libraryWords(thrown)}` }
  }
}
