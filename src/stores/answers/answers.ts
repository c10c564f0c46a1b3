import type { AnswerStore } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'
import { doneStore } from './done.ts'
import { joinStore } from './joining.ts'
import { mergeStore } from './merging.ts'
import { preferenceStore } from './preferences.ts'
import { reviewStore } from './reviews.ts'
import { rowStore } from './sink-rows.ts'

/** Answers: what became of requests, which records are done by them, and what people say of them. */
export function answerStore(context: StoreContext): AnswerStore {
  return {
    ...mergeStore(context),
    ...joinStore(context),
    ...doneStore(context),
    ...rowStore(context),
    ...reviewStore(context),
    ...preferenceStore(context),
  }
}
