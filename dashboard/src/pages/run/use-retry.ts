import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { formatCap } from '../../../../src/wording/amount.ts'
import { Repeats } from '../../api/repeats.ts'
import { newRepeatKey } from '../../api/request.ts'
import { retryRun } from '../../api/run-acts.ts'
import { runKey } from '../../api/runs.ts'

/** With the bytes that were sent, or with the job as it is now, in a run of its own. */
export type RetryHow = 'as-sent' | 'today'

export type RetryDeliveryMode = 'batch' | 'flex' | 'realtime'

/** What a retry takes: what a person chose, or all that needs one. */
export interface RetryChoice {
  readonly outcomes?: readonly Outcome[]
  /** Those whose reason has this. */
  readonly reason?: string
  readonly keys?: readonly string[]
}

/** What is to be sent again, and how. */
export interface RetryWish extends RetryChoice {
  readonly outcomes: readonly Outcome[]
  readonly how: RetryHow
  readonly deliveryMode: RetryDeliveryMode
  /** For these records alone, with the job of today; null: as in the job. */
  readonly maxTokens: number | null
}

/** What a retry would send and cost, asked anew for each wish, and the act of sending it, once. */
export function useRetry({ run, money }: RunStatus, wish: RetryWish, onSent: () => void) {
  const go = useNavigate()
  const cache = useQueryClient()
  const [repeats] = useState(() => new Repeats())
  const isToday = wish.how === 'today'
  const asking = {
    outcomes: wish.outcomes.length === 0 ? null : [...wish.outcomes],
    reason: wish.reason ?? null,
    keys: wish.keys === undefined ? null : [...wish.keys],
    deliveryMode: wish.deliveryMode === 'batch' ? null : wish.deliveryMode,
    today: isToday,
    maxTokens: isToday ? wish.maxTokens : null,
  }
  const asked = useQuery({
    queryKey: [...runKey(run), 'retry', asking],
    queryFn: () => retryRun(run, { ...asking, dryRun: true, repeatKey: newRepeatKey() }),
    staleTime: 0,
    gcTime: 0,
  })
  const atMostMicroUsd = asked.data?.atMostMicroUsd ?? null
  const neededMicroUsd = money.spentMicroUsd + money.reservedMicroUsd + (atMostMicroUsd ?? 0)
  const raisesTo =
    !isToday && money.capMicroUsd !== null && neededMicroUsd > money.capMicroUsd
      ? formatCap(neededMicroUsd)
      : null
  // A run of its own has an amount of its own: what the button says.
  const maxCost = isToday && atMostMicroUsd !== null ? formatCap(atMostMicroUsd) : raisesTo
  const sending = useMutation({
    mutationFn: () => {
      const paid = { ...asking, dryRun: false, ...(maxCost === null ? {} : { maxCost }) }
      return repeats.once(paid, (repeatKey) => retryRun(run, { ...paid, repeatKey }))
    },
    onSuccess: ({ rescue }) => {
      onSent()
      if (rescue !== null) void go({ to: '/runs/$run', params: { run: rescue } })
    },
    onSettled: () => cache.invalidateQueries({ queryKey: runKey(run) }),
  })
  return { asked, sending, raisesTo }
}
