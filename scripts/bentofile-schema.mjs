// Writes bentofile.schema.json from src/config/bentofile.ts. A test fails while the file is stale.
// Run `npm run build` first.
import { writeFileSync } from 'node:fs'

const { renderBentofileSchema } = await import('../dist/config/bentofile.js')
writeFileSync(new URL('../bentofile.schema.json', import.meta.url), renderBentofileSchema())
