import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { client } from '../../src/client/client.ts'
import { describeWith, missing } from '../describe-with.ts'
import { run, start } from '../processes.ts'
import { type Certificates, makeCertificates, readAll } from '../serve/tls/certificates.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// Bundles a service and starts real processes.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))
const healthcheck = fileURLToPath(
  new URL('../../templates/docker/healthcheck.mjs', import.meta.url),
)

interface Hello {
  greet(): string
}

describeWith('bento serve with a certificate', await missing('openssl'), () => {
  let made: Certificates

  beforeAll(async () => {
    made = await makeCertificates()
  })

  test('answers HTTPS to clients that have a certificate, and a health check sees it', async () => {
    const cwd = await helloProject()
    const { cert, key, ca, clientCert, clientKey } = made
    const own = `--ssl-certfile ${cert} --ssl-keyfile ${key}`
    const line = `serve --port 0 ${own} --ssl-ca-certs ${ca} --ssl-cert-reqs 2`
    const served = start(process.execPath, [bin, ...line.split(' ')], {
      cwd,
      env: { BENTO_HOME: join(cwd, 'home') },
    })
    try {
      const [, url = ''] = await served.printed(/Serving on (https:\S+)\n/)
      const tls = await readAll({ ca, cert: clientCert, key: clientKey })
      const caller = client<Hello>(url, { tls })
      expect(await caller.greet()).toBe('hello')
      await caller.close()
      await run(process.execPath, [healthcheck, new URL(url).port], { cwd })
    } finally {
      expect(await served.interrupt()).toBe(0)
    }
  })

  test('says what is wrong with a key before anything starts', async () => {
    const cwd = await helloProject()
    const line = `serve --port 0 --ssl-certfile ${made.cert} --ssl-keyfile ${made.clientKey}`
    const { code, stdout, stderr } = await runBento(line, { cwd })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.replaceAll(made.folder, 'certs')).toMatchInlineSnapshot(`
"Bundling
Describing the service
CONFIG_INVALID: The key in "certs/client-key.pem" is not that of the certificate in "certs/server.pem"
  Name the two files that were made together in \`ssl.certfile\` and \`ssl.keyfile\`.
"
`)
  })

  test('needs a certificate for a key', async () => {
    const cwd = await helloProject()
    const { code, stderr } = await runBento(`serve --ssl-keyfile ${made.key}`, {
      cwd,
    })
    expect(code).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
"Bundling
Describing the service
CONFIG_INVALID: The service's options have a problem
✖ --ssl-certfile: must name its certificate in certfile when it is enabled → at ssl
  Correct each where it is written.
"
`)
  })
})
