import type { MotionPartFault } from '#shared/assets/live-photo.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

const texts: Record<MotionPartFault, string> = {
  'not-found': 'Live photo video not found',
  'not-a-video': 'Live photo video must be a video',
  'not-owned': 'Live photo video does not belong to the user',
};

/** The error of an upload or edit with an invalid moving part, with the text that clients know. */
export const motionPartError = (fault: MotionPartFault) => new DarkroomError('input/invalid', texts[fault]);
