import { describe, test } from 'vitest'
import { describeProvider } from '../../src/testing/providers.ts'
import { kits } from './provider-kits.ts'

for (const kit of kits) describeProvider({ describe, test }, kit)
