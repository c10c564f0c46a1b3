import { cancelBatch, createBatch, listBatches, retrieveBatch } from './batches.ts'
import { parseBody } from '../../../core/http/body.ts'
import type { OpenAiCall } from '../call.ts'
import { createFile, deleteFile, fileContent, listFiles, retrieveFile } from './files.ts'
import { handOn } from './hand-on.ts'
import { beginUpload, preprocessFile, receiveContent } from '../services/together-upload.ts'
import type { Reply } from '../../../core/http/reply.ts'
import { answerNow, listModels, retrieveModel } from './sync.ts'

/** The reply to a call. Throws a Refusal. */
export async function handle(call: OpenAiCall): Promise<Reply> {
  const handed = call.profile === 'upstream' ? await handOn(call) : null
  if (handed !== null) return handed
  switch (call.operation) {
    case 'files.create':
      return createFile(call)
    case 'files.begin':
      return beginUpload(call)
    case 'files.preprocess':
      return preprocessFile(call)
    case 'files.receive':
      return receiveContent(call)
    case 'files.list':
      return listFiles(call)
    case 'files.retrieve':
      return retrieveFile(call)
    case 'files.content':
      return fileContent(call)
    case 'files.delete':
      return deleteFile(call)
    case 'batches.create':
      return createBatch(call, parseBody(call.body))
    case 'batches.list':
      return listBatches(call)
    case 'batches.retrieve':
      return retrieveBatch(call)
    case 'batches.cancel':
      return cancelBatch(call)
    case 'chat.completions':
      return answerNow(call, '/chat/completions', parseBody(call.body))
    case 'responses':
      return answerNow(call, '/responses', parseBody(call.body))
    case 'embeddings':
      return answerNow(call, '/embeddings', parseBody(call.body))
    case 'models.list':
      return listModels(call)
    case 'models.retrieve':
      return retrieveModel(call)
    default:
      throw new Error(`No handler for '${call.operation}'.`)
  }
}
