import * as z from 'zod'

// Numbers of Python's ssl module, which BentoML's files have: TLS of any version and of a server; of 1.2; and who asks
// for the client's certificate.
const versions = [2, 17, 5] as const
const certReqs = [0, 1, 2] as const

const path = z.string().min(1)

/** BentoML's own keys. Files are PEM. */
export const sslSchema = z
  .strictObject({
    enabled: z.boolean().describe('Answers HTTPS, and nothing else').default(false),
    certfile: path.describe('The certificate, and those between it and its authority').optional(),
    keyfile: path.describe("The certificate's key; absent: it is in certfile too").optional(),
    keyfilePassword: z.string().min(1).optional(),
    caCerts: path.describe('The authorities that may have signed a client').optional(),
    version: z.literal(versions, 'must be 17, TLS 1.2 and newer, or 5, TLS 1.2 alone').default(17),
    certReqs: z
      .literal(
        certReqs,
        'must be 0, 1 or 2: clients need no certificate, may have one, must have one',
      )
      .default(0),
    ciphers: path.describe("As OpenSSL's lists; absent: as Node has them").optional(),
  })
  .refine(
    ({ enabled, certfile }) => !enabled || certfile !== undefined,
    'must name its certificate in certfile when it is enabled',
  )
  .refine(
    // Without these every public authority could let somebody in.
    ({ enabled, ...ssl }) => !enabled || ssl.certReqs === 0 || ssl.caCerts !== undefined,
    'must name in caCerts who signs the certificates that certReqs asks for',
  )
