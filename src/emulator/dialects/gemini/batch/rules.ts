import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine, RunScope } from '../../../core/dialect.ts'
import { type JsonObject, isObject, parseJson, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { otherModel } from '../api/call.ts'
import { operationObject } from '../api/view.ts'
import { runEmbed } from '../content/embed.ts'
import { runGenerate } from '../content/generate.ts'
import { withMessage } from '../content/prompt.ts'
import { detailsOf } from '../details.ts'
import { failed, refused } from '../errors.ts'
import { responsesFileId } from '../ids.ts'
import { UnreadableMessage, readMessage } from '../json/read-message.ts'
import { type Model, costPicoUsd, findModel } from '../models.ts'
import { checkInput, readInputLine } from './check.ts'

/** Seen to be kept for two days (sourcelibrary-v2 PRs 643 and 3717); others say weeks. */
const resultLifeMs = 48 * 3_600_000

/** How Gemini carries out a batch: all results in one file or in the operation, in the order of the requests. */
export const geminiBatches: BatchRules = {
  check: checkInput,
  // What does not fit is refused by the call that would make it.
  quotaError: () => null,
  lateFailure: () => null,
  readLine,
  result,
  // A batch that was cancelled or has expired gives nothing back.
  skipped: () => null,
  show: operationObject,
  keepsOrder: true,
  answersUnrun: false,
  expiresOnTime: () => true,
  resultFileId: (batch, part) =>
    part === 'output' ? responsesFileId(batch.id) : `${responsesFileId(batch.id)}-errors`,
  resultFileExpiresAtMs: (_batch, createdAtMs) => createdAtMs + resultLifeMs,
  keepsEmptyFile: (batch, part) => part === 'output' && batch.status !== 'failed',
}

/** The id of a line is its key; of an inline request, the whole of its metadata, which is given back as it came. */
function readLine(_state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const read = readInputLine(text)
  const model = findModel(batch.model ?? '')
  if (read === null || !model) return null
  const inline = detailsOf(batch).input === 'inline'
  const { metadata } = read.line
  return {
    batch,
    index,
    customId: inline ? (isObject(metadata) ? JSON.stringify(metadata) : '') : textIn(read.line, 'key'),
    body: read.request,
    model,
    failed,
    withMessage,
    withId: (line, id) => withId(line, id, inline),
    run: (asked, scope) => runBody(asked, { ...scope, batch, model }),
    costPicoUsd: (usage) => costPicoUsd(model, usage, { mode: 'batch', timeMs: batch.createdAtMs }),
  }
}

function withId(line: JsonObject, id: string | null, inline: boolean): JsonObject {
  const { key: _key, metadata: _metadata, ...rest } = line
  if (id === null) return rest
  return inline ? { ...rest, metadata: { key: id } } : { key: id, ...rest }
}

function runBody(
  asked: JsonObject,
  scope: RunScope & { readonly batch: BatchRecord; readonly model: Model },
): Executed {
  const { batch, model, hash, failOnce, knownTokens } = scope
  const embeds = detailsOf(batch).task === 'embed'
  try {
    const body = readMessage(embeds ? 'EmbedContentRequest' : 'GenerateContentRequest', asked)
    const wrong = otherModel(body, model)
    if (wrong !== null) return refused('INVALID_ARGUMENT', wrong)
    return embeds
      ? runEmbed(body, { model, failOnce })
      : runGenerate(body, { model, digest: hash, failOnce, knownTokens })
  } catch (error) {
    if (error instanceof UnreadableMessage) return refused('INVALID_ARGUMENT', error.message)
    throw error
  }
}

function result({ batch, customId }: LineAt, executed: Executed): ResultLine {
  const answer = executed.status === 200 ? { response: executed.body } : { error: executed.body }
  return { part: 'output', line: named(batch, customId, answer) }
}

function named(batch: BatchRecord, customId: string, answer: object): object {
  if (customId === '') return answer
  return detailsOf(batch).input === 'inline'
    ? { ...answer, metadata: parseJson(customId) }
    : { key: customId, ...answer }
}
