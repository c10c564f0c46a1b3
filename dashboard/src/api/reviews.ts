import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { GivenVerdict, NewVerdict, TakenBack } from '../../../src/server/contract/review.ts'
import { giveVerdict, takeBackVerdict } from './run-acts.ts'
import { recordQuery, runKey } from './runs.ts'

/** Says what an answer is worth; what is shown of the run is read again, but for the queue that is worked through. */
export function useGivingVerdict(run: string) {
  const settled = useReadAgain(run)
  return useMutation<GivenVerdict, Error, Omit<NewVerdict, 'run'>>({
    mutationFn: (said) => giveVerdict({ ...said, run }),
    onSettled: (_given, _error, { key }) => settled(key),
  })
}

/** Takes back what was said of an answer. */
export function useTakingBack(run: string) {
  const settled = useReadAgain(run)
  return useMutation<TakenBack, Error, string>({
    mutationFn: (key) => takeBackVerdict(run, key),
    onSettled: (_taken, _error, key) => settled(key),
  })
}

/** Reads again what a verdict on a record has changed. */
export function useReadAgain(run: string): (key: string) => void {
  const cache = useQueryClient()
  return (key) => {
    void cache.invalidateQueries({ queryKey: recordQuery(run, key).queryKey })
    void cache.invalidateQueries({
      queryKey: runKey(run),
      predicate: ({ queryKey: [, , part] }) => part !== 'record' && part !== 'review',
    })
  }
}
