import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createCache } from './api/cache.ts'
import { login, sessionQuery, takeToken } from './api/session.ts'
import './design/tokens.css'
import './design/base.css'
import { startTheme } from './design/theme.ts'
import { KeyProvider } from './keys/use-key.tsx'
import { router } from './router.tsx'

startTheme()
const cache = createCache()

/** Opens the session of the link that the terminal printed. A token that is refused shows as any locked door. */
async function openByToken(): Promise<void> {
  const token = takeToken()
  if (token === null) return
  await login({ token }).then(
    (session) => cache.setQueryData(sessionQuery().queryKey, session),
    () => undefined,
  )
  await cache.invalidateQueries()
}

const root = document.getElementById('root')
if (root !== null) {
  await openByToken()
  // The link may also be opened in a tab that shows the dashboard already.
  addEventListener('hashchange', () => void openByToken())
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <KeyProvider>
          <RouterProvider router={router} />
        </KeyProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
