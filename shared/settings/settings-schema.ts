import { z } from 'zod';

const job = z.object({ concurrency: z.int().min(1) });
const cron = z.string().max(200);
const text = z.string().max(10_000);
const audioCodec = z.enum(['mp3', 'aac', 'opus', 'pcm_s16le']);
const videoCodec = z.enum(['h264', 'hevc', 'vp9', 'av1']);
const image = z.object({
  format: z.enum(['jpeg', 'webp']),
  progressive: z.boolean().exactOptional(),
  quality: z.int().min(1).max(100),
  size: z.int().min(1),
});

/** The settings of the installation, in the shape that the contract calls `AdminConfigDto`. */
export const settingsSchema = z.object({
  backup: z.object({
    database: z.object({ cronExpression: cron, enabled: z.boolean(), keepLastAmount: z.int().min(1) }),
  }),
  ffmpeg: z.object({
    accel: z.enum(['nvenc', 'qsv', 'vaapi', 'rkmpp', 'disabled']),
    accelDecode: z.boolean(),
    acceptedAudioCodecs: z.array(audioCodec),
    acceptedContainers: z.array(z.enum(['mov', 'mp4', 'ogg', 'webm'])),
    acceptedVideoCodecs: z.array(videoCodec),
    bframes: z.int().min(-1).max(16),
    cqMode: z.enum(['auto', 'cqp', 'icq']),
    crf: z.int().min(0).max(51),
    gopSize: z.int().min(0),
    maxBitrate: text,
    preferredHwDevice: text,
    preset: text,
    realtime: z.object({
      enabled: z.boolean(),
      resolutions: z.array(z.literal([480, 720, 1080, 1440, 2160])),
      videoCodecs: z.array(videoCodec),
    }),
    refs: z.int().min(0).max(6),
    targetAudioCodec: audioCodec,
    targetResolution: text,
    targetVideoCodec: videoCodec,
    temporalAQ: z.boolean(),
    threads: z.int().min(0),
    tonemap: z.enum(['hable', 'mobius', 'reinhard', 'disabled']),
    transcode: z.enum(['all', 'optimal', 'bitrate', 'required', 'disabled']),
    twoPass: z.boolean(),
  }),
  image: z.object({
    colorspace: z.enum(['srgb', 'p3']),
    extractEmbedded: z.boolean(),
    fullsize: image.omit({ size: true }).extend({ enabled: z.boolean() }),
    preview: image,
    thumbnail: image,
  }),
  integrityChecks: z.object({
    checksumFiles: z.object({
      cronExpression: cron,
      enabled: z.boolean(),
      percentageLimit: z.number().min(0).max(1),
      timeLimit: z.int().min(0),
    }),
    missingFiles: z.object({ cronExpression: cron, enabled: z.boolean() }),
    untrackedFiles: z.object({ cronExpression: cron, enabled: z.boolean() }),
  }),
  job: z.object({
    backgroundTask: job,
    editor: job,
    faceDetection: job,
    integrityCheck: job,
    library: job,
    metadataExtraction: job,
    migration: job,
    notifications: job,
    ocr: job,
    search: job,
    sidecar: job,
    smartSearch: job,
    thumbnailGeneration: job,
    videoConversion: job,
    workflow: job,
  }),
  library: z.object({
    scan: z.object({ cronExpression: cron, enabled: z.boolean() }),
    watch: z.object({ enabled: z.boolean() }),
  }),
  logging: z.object({
    enabled: z.boolean(),
    level: z.enum(['verbose', 'debug', 'log', 'warn', 'error', 'fatal']),
  }),
  machineLearning: z.object({
    availabilityChecks: z.object({ enabled: z.boolean(), interval: z.int().min(0), timeout: z.int().min(0) }),
    clip: z.object({ enabled: z.boolean(), modelName: text }),
    duplicateDetection: z.object({ enabled: z.boolean(), maxDistance: z.number().min(0.001).max(0.1) }),
    enabled: z.boolean(),
    facialRecognition: z.object({
      enabled: z.boolean(),
      maxDistance: z.number().min(0.1).max(2),
      minFaces: z.int().min(1),
      minScore: z.number().min(0.1).max(1),
      modelName: text,
    }),
    ocr: z.object({
      enabled: z.boolean(),
      maxResolution: z.int().min(1),
      minDetectionScore: z.number().min(0.1).max(1),
      minRecognitionScore: z.number().min(0.1).max(1),
      modelName: text,
    }),
    urls: z.array(text),
  }),
  map: z.object({ darkStyle: text, enabled: z.boolean(), lightStyle: text }),
  metadata: z.object({ faces: z.object({ import: z.boolean() }) }),
  newVersionCheck: z.object({ channel: z.enum(['stable', 'releaseCandidate']), enabled: z.boolean() }),
  nightlyTasks: z.object({
    clusterNewFaces: z.boolean(),
    databaseCleanup: z.boolean(),
    generateMemories: z.boolean(),
    missingThumbnails: z.boolean(),
    startTime: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time like 02:30'),
    syncQuotaUsage: z.boolean(),
  }),
  notifications: z.object({
    smtp: z.object({
      enabled: z.boolean(),
      from: text,
      replyTo: text,
      transport: z.object({
        host: text,
        ignoreCert: z.boolean(),
        password: text,
        port: z.int().min(0).max(65_535),
        secure: z.boolean(),
        username: text,
      }),
    }),
  }),
  oauth: z.object({
    accountManagementUrl: text.exactOptional(),
    allowInsecureRequests: z.boolean(),
    autoLaunch: z.boolean(),
    autoRegister: z.boolean(),
    buttonText: text,
    clientId: text,
    clientSecret: text,
    defaultStorageQuota: z.number().min(0).nullable(),
    enabled: z.boolean(),
    endSessionEndpoint: text,
    issuerUrl: text,
    mobileOverrideEnabled: z.boolean(),
    mobileRedirectUri: text,
    profileSigningAlgorithm: text,
    prompt: text,
    roleClaim: text,
    scope: text,
    signingAlgorithm: text,
    storageLabelClaim: text,
    storageQuotaClaim: text,
    timeout: z.int().min(1),
    tokenEndpointAuthMethod: z.enum(['client_secret_post', 'client_secret_basic']),
  }),
  passwordLogin: z.object({ enabled: z.boolean() }),
  reverseGeocoding: z.object({ enabled: z.boolean() }),
  server: z.object({ externalDomain: text, loginPageMessage: text, publicUsers: z.boolean() }),
  storageTemplate: z.object({ enabled: z.boolean(), hashVerificationEnabled: z.boolean(), template: text }),
  templates: z.object({
    email: z.object({ albumInviteTemplate: text, albumUpdateTemplate: text, welcomeTemplate: text }),
  }),
  theme: z.object({ customCss: z.string().max(1_000_000) }),
  trash: z.object({ days: z.int().min(0), enabled: z.boolean() }),
  user: z.object({ deleteDelay: z.int().min(1) }),
});

export type Settings = z.output<typeof settingsSchema>;

/** Settings that are stored or set by the environment: only the fields that differ from the defaults. */
export type SettingsOverrides = DeepPartial<Settings>;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;
