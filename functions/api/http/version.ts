/** The version of the Immich contract that is spoken; clients choose what they send by it. */
export const contractVersion = { major: 3, minor: 2, patch: 2, prerelease: null } as const;

/** Darkroom's own version. */
export const darkroomVersion = '0.2.0';
