#include "textflag.h"

// func find32(text *byte, words int, quotes, slashes *uint64)
//
// Compares 64 bytes a turn with both characters and keeps a bit for each byte.
TEXT ·find32(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), SI
	MOVQ words+8(FP), CX
	MOVQ quotes+16(FP), DI
	MOVQ slashes+24(FP), DX
	MOVQ $0x22, AX
	VMOVQ AX, X0
	VPBROADCASTB X0, Y0
	MOVQ $0x5c, AX
	VMOVQ AX, X1
	VPBROADCASTB X1, Y1

loop:
	VMOVDQU (SI), Y2
	VMOVDQU 32(SI), Y3
	VPCMPEQB Y0, Y2, Y4
	VPCMPEQB Y0, Y3, Y5
	VPMOVMSKB Y4, R8
	VPMOVMSKB Y5, R9
	SHLQ $32, R9
	ORQ  R9, R8
	MOVQ R8, (DI)
	VPCMPEQB Y1, Y2, Y4
	VPCMPEQB Y1, Y3, Y5
	VPMOVMSKB Y4, R8
	VPMOVMSKB Y5, R9
	SHLQ $32, R9
	ORQ  R9, R8
	MOVQ R8, (DX)
	ADDQ $64, SI
	ADDQ $8, DI
	ADDQ $8, DX
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
