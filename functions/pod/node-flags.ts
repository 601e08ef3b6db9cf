/**
 * The flags of node for the app and in the image (the Containerfile repeats them). With a small young generation the
 * chunks of uploads are freed by cheap scavenges before their sum forces a mark-compact.
 * @see docs/adr/0008-a-small-young-generation.md
 */
export const nodeFlags = ['--max-semi-space-size=2'] as const;
