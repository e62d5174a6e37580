import { formatBytes, formatTimeLeft } from '../amounts';
import type { DownloadProgress } from './rate';

/** "31 % of 548 MB · 12 MB/s · 40 s left". */
export function progressText(progress: DownloadProgress): string {
  const { bytes, totalBytes, bytesPerSecond, secondsLeft, note } = progress;
  if (note !== null) return note;
  const percent = totalBytes > 0 ? Math.floor((100 * bytes) / totalBytes) : 0;
  const parts = [`${percent} % of ${formatBytes(totalBytes)}`];
  if (bytes >= totalBytes) return [...parts, 'checking'].join(' · ');
  if (bytesPerSecond !== null && bytesPerSecond > 0) {
    parts.push(`${formatBytes(bytesPerSecond)}/s`);
    if (secondsLeft !== null) parts.push(formatTimeLeft(secondsLeft));
  }
  return parts.join(' · ');
}
