import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { emulatorQuery } from '../../api/emulator.ts'

/** Something that is done to the emulator; its answer is what it is from then on. */
export function useEmulatorAct<Wish>(act: (wish: Wish) => Promise<EmulatorState>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: async (wish: Wish) => {
      // An answer from before would show the old state again.
      await cache.cancelQueries({ queryKey: emulatorQuery().queryKey })
      return act(wish)
    },
    onSuccess: (state) => cache.setQueryData(emulatorQuery().queryKey, state),
  })
}
