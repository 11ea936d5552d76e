// Compiles tests with esbuild, the compiler that `bento build` gives to users' services.
import { createHash } from 'node:crypto'
import { transformSync, version } from 'esbuild'

export default {
  process(source, file) {
    const options = {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: file,
    }
    return { code: transformSync(source, options).code }
  },
  getCacheKey(source, file) {
    return createHash('sha256').update(`${version}\0${file}\0${source}`).digest('hex')
  },
}
