/**
 * A safetensors file; see make-safetensors.py, which wrote this file.
 *
 * @module
 */

/** Written by safetensors 0.8.0 with PyTorch 2.15.0+cu132, in base64. */
export const MODEL_FILE =
  "wAQAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJub3JtLm51bV9iYXRjaGVzX3RyYWNrZWQiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJ0eXBlcy5mNjQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzZdLCJkYXRhX29mZnNldHMiOls4LDU2XX0sImRlcHRod2lzZS53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzQsMSwyLDFdLCJkYXRhX29mZnNldHMiOls1Niw4OF19LCJncm91cGVkLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls4OCw5Nl19LCJncm91cGVkLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwyLDEsMl0sImRhdGFfb2Zmc2V0cyI6Wzk2LDEyOF19LCJsaW5lLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxMjgsMTMyXX0sImxpbmUud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxLDIsM10sImRhdGFfb2Zmc2V0cyI6WzEzMiwxNTZdfSwibm9ybS5iaWFzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMTU2LDE2MF19LCJub3JtLnJ1bm5pbmdfbWVhbiI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzE2MCwxNjRdfSwibm9ybS5ydW5uaW5nX3ZhciI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzE2NCwxNjhdfSwibm9ybS53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxNjgsMTcyXX0sInVwLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsxNzIsMTg0XX0sInVwLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzLDIsMV0sImRhdGFfb2Zmc2V0cyI6WzE4NCwyMzJdfSwidm9sdW1lLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlsyMzIsMjQwXX0sInZvbHVtZS53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMSwxLDIsMV0sImRhdGFfb2Zmc2V0cyI6WzI0MCwyNTZdfSwidHlwZXMuYmYxNiI6eyJkdHlwZSI6IkJGMTYiLCJzaGFwZSI6WzZdLCJkYXRhX29mZnNldHMiOlsyNTYsMjY4XX0sInR5cGVzLmYxNiI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbNl0sImRhdGFfb2Zmc2V0cyI6WzI2OCwyODBdfX0gICAgICAgAAAAAAAAAAAAAAAAAAD4PwAAAAAAVNW/AAAAAAD870AAAAAgKxtwPgAAAAAAAACAAAAAAAAA8H8AAAAAAACAvwAAQD8AAIC+AACgvwAAAD8AAAC/AACgPwAAAAAAAIC/AAAAAAAAgL8AAEA/AACAvgAAoL8AAAA/AAAAvwAAoD8AAAAAAAAAAAAAgL8AAEA/AACAvgAAoL8AAAA/AAAAAAAAAAAAAIA/AAAAAAAAAAAAAIC/AABAPwAAAAAAAIC/AABAPwAAgL4AAKC/AAAAPwAAAL8AAKA/AACAPgAAQL8AAIA/AAAAAAAAAAAAAIC/AAAAAAAAgL8AAEA/AACAvsA/q76AR4EzAICAfwA+VbX/ewEAAIAAfA==";

/** What its modules compute of an input whose element i is ((i · 7) mod 11) − 5. */
export const MODEL_OUTPUTS = {
  grouped: { inputShape: [1, 4, 2, 3], outputShape: [1, 2, 2, 2], y: [1.0, 3.0, 1.5, 3.5, -9.5, 9.75, -9.5, 9.75] },
  depthwise: {
    inputShape: [1, 2, 3, 2],
    outputShape: [1, 4, 2, 2],
    y: [2.0, -5.0, -1.0, 3.0, -3.25, 0.25, -1.75, 4.5, -7.0, 1.5, 4.5, -6.25, -7.0, 3.75, 0.75, -7.75],
  },
  up: {
    inputShape: [1, 2, 2, 2],
    outputShape: [1, 3, 4, 3],
    y: [
      -0.5, 0.0, 1.5, 6.25, 0.0, -5.75, -2.0, 0.0, 0.0, 7.0, 0.0, -5.0, -4.5, -1.0, -0.25, -0.5, -1.0, 0.75, -1.5, -1.0,
      2.75, -3.5, -1.0, -2.25, 8.0, 0.75, -4.75, -1.75, 0.75, 1.75, 7.25, 0.75, -5.5, -0.25, 0.75, 3.25,
    ],
  },
  line: { inputShape: [1, 2, 5], outputShape: [1, 1, 3], y: [-7.75, 2.75, 2.25] },
  volume: {
    inputShape: [1, 1, 2, 3, 2],
    outputShape: [1, 2, 2, 2, 2],
    y: [2.0, -5.0, -1.0, 3.0, 4.0, -3.0, 1.0, 5.0, -4.25, -0.75, -2.75, 3.5, 3.0, -1.75, -3.75, 2.5],
  },
} as const;
