import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** Where `offpeak serve` listens while `npm run dashboard:dev` serves the pages. */
const server = 'http://127.0.0.1:4100'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    // Everything in it is Baseline since 2024: `light-dark()`, popovers, nesting.
    target: ['chrome125', 'edge125', 'firefox128', 'safari18'],
    // The policy of the pages allows no `data:` and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every page needs, in two files; charts, comparing and the pages come when they are shown.
          groups: [
            { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler|@tanstack)\// },
            {
              name: 'parts',
              test: /dashboard\/src\/(?:api|design\/(?!chart|text-diff)|format|keys|shell|words)/,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '^/(api|openapi\\.json|healthz|readyz)': {
        target: server,
        changeOrigin: true,
        // The server answers only its own pages.
        headers: { origin: server },
      },
    },
  },
})
