// SPDX-License-Identifier: Apache-2.0
// The state that a page brings along opens the board in it; a page without one shows no board.
const given = JSON.parse(document.getElementById("given").textContent);
if (given) openFile(given, document.getElementById("board"));
