import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query'
import type { ComparedPage, Comparison, Preference } from '../../../../../src/server/contract/compare.ts'
import { prefer, type Sides } from '../../../api/compare.ts'

interface Said {
  readonly key: string
  readonly preference: Preference | null
  readonly before: Preference | null
}

/** Says which answer is better: shown at once, sent one after the other, and taken back when it is refused. */
export function usePreferring(sides: Sides) {
  const cache = useQueryClient()
  const show = (key: string, preference: Preference | null): void => {
    cache.setQueriesData<InfiniteData<ComparedPage>>(
      { queryKey: ['compare', sides.a, sides.b, 'records'] },
      (lists) =>
        lists && {
          ...lists,
          pages: lists.pages.map((page) => ({
            ...page,
            items: page.items.map((record) => (record.key === key ? { ...record, preference } : record)),
          })),
        },
    )
  }
  return useMutation({
    mutationFn: ({ key, preference }: Said) => prefer({ ...sides, key, preference }),
    scope: { id: `prefer ${sides.a} ${sides.b}` },
    onMutate: ({ key, preference }) => show(key, preference),
    onSuccess: ({ preferred }) => {
      cache.setQueriesData<Comparison>(
        { queryKey: ['compare', sides.a, sides.b, 'whole'] },
        (whole) => whole && { ...whole, preferred },
      )
      // The other way round it is the same pair.
      void cache.invalidateQueries({ queryKey: ['compare', sides.b, sides.a] })
    },
    onError: (_, { key, before }) => show(key, before),
  })
}
